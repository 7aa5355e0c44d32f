package org.strowger.proxy.http;

/** What becomes of a message whose head has been read: its body follows in some framing, or it is refused. */
sealed interface HeadVerdict permits BodyFraming, HttpFault {}
