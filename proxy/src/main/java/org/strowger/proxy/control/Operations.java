package org.strowger.proxy.control;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** What operators may ask of a running proxy. Any thread may call; the stages complete on the control loop. */
public interface Operations {

    /** How it stands, no older than a second. */
    Status status();

    /** The last changes and ends of drains, the oldest first. */
    List<ControlEvent> events();

    /** Changes one backend. The stage never fails. */
    CompletionStage<Outcome> perform(Caller by, Command command);

    /** Reads the file again and puts it in force. The stage never fails. */
    CompletionStage<ReloadOutcome> reload(Caller by);
}
