/** The parser against the reference implementation of JAIN SIP. */
@NullMarked
package org.strowger.sip.oracle;

import org.jspecify.annotations.NullMarked;
