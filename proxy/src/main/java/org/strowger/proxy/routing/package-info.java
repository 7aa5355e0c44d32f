/** Where a message goes: rules, cookies and RFC 3261 section 16 as pure functions of message and snapshot. */
@NullMarked
package org.strowger.proxy.routing;

import org.jspecify.annotations.NullMarked;
