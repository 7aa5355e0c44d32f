package org.strowger.proxy.tls;

import io.netty.util.NetUtil;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * What a certificate says its owner is called.
 *
 * @param sipDomains RFC 5922 section 7.1: the hosts of {@code sip} URIs without a user; if there are none, the DNS names; if
 *     the certificate has no alternative names at all, the common name
 * @param hosts the DNS names, wildcards among them; the common name if there are no alternative names
 * @param addresses IP addresses as written
 */
record PeerNames(List<String> sipDomains, List<String> hosts, List<String> addresses) {
    static final PeerNames NONE = new PeerNames(List.of(), List.of(), List.of());

    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;

    PeerNames {
        sipDomains = List.copyOf(sipDomains);
        hosts = List.copyOf(hosts);
        addresses = List.copyOf(addresses);
    }

    static PeerNames of(X509Certificate certificate) {
        List<String> uris = new ArrayList<>();
        List<String> hosts = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return NONE;
        }
        if (names == null || names.isEmpty()) {
            hosts.addAll(commonName(certificate));
        } else {
            for (List<?> name : names) {
                String value = String.valueOf(name.get(1)).toLowerCase(Locale.ROOT);
                switch ((Integer) name.get(0)) {
                    case DNS -> hosts.add(value);
                    case URI -> sipDomain(value, uris);
                    case IP -> addresses.add(value);
                    default -> {
                        // Directory names and the like say nothing about SIP.
                    }
                }
            }
        }
        // A wildcard never names a SIP domain (section 7.2).
        List<String> plain =
                hosts.stream().filter(host -> host.indexOf('*') < 0).toList();
        return new PeerNames(uris.isEmpty() ? plain : uris, hosts, addresses);
    }

    /** Whether the owner may act for a SIP domain, or for the address by which it was reached. */
    boolean isFor(String name) {
        String wanted = lower(name);
        return sipDomains.contains(wanted) || hasAddress(wanted);
    }

    /** The rule of the web (RFC 9525): a wildcard stands for one whole label. */
    boolean isWebHost(String name) {
        String wanted = lower(name);
        int dot = wanted.indexOf('.');
        return hosts.contains(wanted) || (dot > 0 && hosts.contains("*" + wanted.substring(dot))) || hasAddress(wanted);
    }

    private boolean hasAddress(String wanted) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(wanted);
        return address != null
                && addresses.stream()
                        .anyMatch(known -> Arrays.equals(address, NetUtil.createByteArrayFromIpAddressString(known)));
    }

    /** RFC 5922 section 7.1: a sip URI with a user names a person, not a domain. */
    private static void sipDomain(String uri, List<String> out) {
        if (!uri.startsWith("sip:") || uri.indexOf('@') >= 0) {
            return;
        }
        int end = uri.length();
        for (int i = 4; i < end; i++) {
            if (";?:".indexOf(uri.charAt(i)) >= 0) {
                end = i;
            }
        }
        if (end > 4) {
            out.add(uri.substring(4, end));
        }
    }

    private static List<String> commonName(X509Certificate certificate) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return List.of(String.valueOf(part.getValue()).toLowerCase(Locale.ROOT));
                }
            }
        } catch (InvalidNameException e) {
            return List.of();
        }
        return List.of();
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
