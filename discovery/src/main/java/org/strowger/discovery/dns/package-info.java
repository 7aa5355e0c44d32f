/** Where a SIP host given by name is: RFC 3263 over DNS, and the memory of what was found. */
@NullMarked
package org.strowger.discovery.dns;

import org.jspecify.annotations.NullMarked;
