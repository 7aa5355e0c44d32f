/** The signed cookies that carry routing decisions in messages. */
@NullMarked
package org.strowger.sip.cookie;

import org.jspecify.annotations.NullMarked;
