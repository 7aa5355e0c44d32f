/** Which calls are in progress, and which requests wait for an answer, for policies and limits that need to know. */
@NullMarked
package org.strowger.proxy.calls;

import org.jspecify.annotations.NullMarked;
