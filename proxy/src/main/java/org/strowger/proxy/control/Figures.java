package org.strowger.proxy.control;

/**
 * What is known of backends beside their state.
 *
 * @param dialogs for people: exact or about
 * @param counted where each call is counted; good for decisions
 */
public record Figures(LiveFigures live, RemainingDialogs dialogs, RemainingDialogs counted) {}
