/** End-to-end tests: the packaged program between real clients and real servers. */
@NullMarked
package org.strowger.e2e;

import org.jspecify.annotations.NullMarked;
