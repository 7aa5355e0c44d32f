/** The program: command line, assembly, start and stop. */
@NullMarked
package org.strowger.proxy;

import org.jspecify.annotations.NullMarked;
