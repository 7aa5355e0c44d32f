/** Which backend a new call goes to. */
@NullMarked
package org.strowger.proxy.balancing;

import org.jspecify.annotations.NullMarked;
