/** SIP messages as offsets into one byte array: parse without copying, edit in one copy. */
@NullMarked
package org.strowger.sip;

import org.jspecify.annotations.NullMarked;
