/** Regular expressions over bytes: many patterns tried in one pass, without allocation. */
@NullMarked
package org.strowger.proxy.routing.pattern;

import org.jspecify.annotations.NullMarked;
