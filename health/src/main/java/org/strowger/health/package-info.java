/** Which backends may be used. */
@NullMarked
package org.strowger.health;

import org.jspecify.annotations.NullMarked;
