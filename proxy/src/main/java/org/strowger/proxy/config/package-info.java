/** The HOCON file as records, with problems reported by file and line. */
@NullMarked
package org.strowger.proxy.config;

import org.jspecify.annotations.NullMarked;
