/** The HTTP reverse proxy: requests of browsers to servers with a signaling of their own, WebSockets as tunnels. */
@NullMarked
package org.strowger.proxy.http;

import org.jspecify.annotations.NullMarked;
