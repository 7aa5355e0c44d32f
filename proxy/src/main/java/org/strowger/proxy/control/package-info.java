/** What operators change while the program runs: overrides of the file, drain, and reading the file again. */
@NullMarked
package org.strowger.proxy.control;

import org.jspecify.annotations.NullMarked;
