/** WebSocket frames (RFC 6455), as SIP needs them (RFC 7118): bytes in and bytes out, no socket. */
@NullMarked
package org.strowger.sip.websocket;

import org.jspecify.annotations.NullMarked;
