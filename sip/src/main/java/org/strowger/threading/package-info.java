/** Who runs what: the annotation that names the thread of each class. */
@NullMarked
package org.strowger.threading;

import org.jspecify.annotations.NullMarked;
