/** Lets one UDP peer that sends everything from one port use all event loops. */
@NullMarked
package org.strowger.proxy.spreading;

import org.jspecify.annotations.NullMarked;
