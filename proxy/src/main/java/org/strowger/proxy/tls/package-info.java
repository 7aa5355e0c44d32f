/** TLS on both sides: certificates from watched files, handshakes and who the peer is. Knows nothing of SIP messages. */
@NullMarked
package org.strowger.proxy.tls;

import org.jspecify.annotations.NullMarked;
