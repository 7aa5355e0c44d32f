/** SIP over WebSocket (RFC 7118): the handshake both ways, and the framing of a flow. */
@NullMarked
package org.strowger.proxy.websocket;

import org.jspecify.annotations.NullMarked;
