/** The signed cookie: a routing decision written into the message, readable by every node that holds the cluster key. */
@NullMarked
package org.strowger.sip.cookie;

import org.jspecify.annotations.NullMarked;
