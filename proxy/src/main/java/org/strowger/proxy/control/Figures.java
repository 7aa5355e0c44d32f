package org.strowger.proxy.control;

/** What is known of backends beside their state: measurements, and the dialogs that they have. */
public record Figures(LiveFigures live, RemainingDialogs dialogs) {}
