/** Says where a message would go and why, with the code of the data path and without sending anything. */
@NullMarked
package org.strowger.proxy.explain;

import org.jspecify.annotations.NullMarked;
