package org.strowger.proxy.config;

/** Whether the backends of a relay are told the client's address by the PROXY protocol, and in which version. */
public enum SendProxyProtocol {
    OFF,
    V1,
    V2
}
