package org.strowger.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AdminOptionsTest {

    @Test
    void aTokenIsNeededWhereStrangersCanConnect() {
        InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 8060);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdminOptions.of(everywhere, Optional.empty()))
                .withMessage("admin.token: absent (expected: a token, because admin.bind 0.0.0.0 is not a loopback"
                        + " address)");
        assertThat(AdminOptions.of(everywhere, Optional.of("s3cret")).token()).contains("s3cret");
        assertThatIllegalArgumentException().isThrownBy(() -> AdminOptions.of(everywhere, Optional.of(" ")));
    }

    @Test
    void theTokenDoesNotEndInALog() {
        AdminOptions options =
                AdminOptions.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8060), Optional.of("s3cret"));
        assertThat(options.toString()).doesNotContain("s3cret").contains("token=set");
    }
}
