/** Keep-alive traffic that shares a datagram port with SIP (RFC 5626 sections 4.4 and 5.4). */
@NullMarked
package org.strowger.sip.stun;

import org.jspecify.annotations.NullMarked;
