/** The HTTP surface for operators. */
@NullMarked
package org.strowger.proxy.admin;

import org.jspecify.annotations.NullMarked;
