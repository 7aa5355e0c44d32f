/** Which backends exist. */
@NullMarked
package org.strowger.discovery;

import org.jspecify.annotations.NullMarked;
