/** SIP on connections: where one message ends and the next begins (RFC 3261 section 18.3). */
@NullMarked
package org.strowger.sip.stream;

import org.jspecify.annotations.NullMarked;
