/** SIP elements that tests speak through, message by message. */
@NullMarked
package org.strowger.proxy.peers;

import org.jspecify.annotations.NullMarked;
