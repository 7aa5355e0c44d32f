package org.strowger.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RDATA from the network: right, compressed, and broken. */
class RdataReaderTest {

    @Test
    void readsAddresses() {
        assertThat(read(RecordType.A, "c0000207")).get().hasToString("Address[ip=/192.0.2.7]");
        assertThat(read(RecordType.AAAA, "20010db8000000000000000000000001"))
                .get()
                .hasToString("Address[ip=/2001:db8:0:0:0:0:0:1]");
        assertThat(read(RecordType.A, "c00002")).isEmpty();
        assertThat(read(RecordType.A, "c000020700")).isEmpty();
        assertThat(read(RecordType.AAAA, "c0000207")).isEmpty();
    }

    @Test
    void readsSrv() {
        assertThat(read(RecordType.SRV, "000a" + "0014" + "13c4" + "01540665784d706c6500"))
                .contains(new ResourceRecord.Srv(10, 20, 5060, "t.exmple"));
        assertThat(read(RecordType.SRV, "000a" + "0014" + "13c4" + "00"))
                .contains(new ResourceRecord.Srv(10, 20, 5060, ""));
    }

    @Test
    void readsNaptr() {
        String rdata =
                "0032" + "0033" + "0173" + "07" + hex("SIP+D2T") + "00" + "045f736970" + "045f746370" + "0165" + "00";
        assertThat(read(RecordType.NAPTR, rdata))
                .contains(new ResourceRecord.Naptr(50, 51, "s", "SIP+D2T", "", "_sip._tcp.e"));
    }

    @Test
    void followsCompressedNames() {
        // Index 2: example.; index 10: the record, sip and a pointer to 2.
        ByteBuf message = bytes("ffff" + "07" + hex("example") + "00" + "0001" + "0002" + "13c4" + "03736970" + "c002");
        ByteBuf rdata = message.duplicate().readerIndex(11);
        assertThat(RdataReader.read(rdata, RecordType.SRV)).contains(new ResourceRecord.Srv(1, 2, 5060, "sip.example"));
        assertThat(rdata.readerIndex()).isEqualTo(11);
    }

    @Test
    void refusesPointersThatDoNotLeadBack() {
        // To itself, forward, to a label of the same name, and two that point at each other.
        assertThat(read(RecordType.SRV, "000100021300" + "c006")).isEmpty();
        assertThat(read(RecordType.SRV, "000100021300" + "c00a" + "016100")).isEmpty();
        assertThat(read(RecordType.SRV, "000100021300" + "0161" + "c006")).isEmpty();
        ByteBuf message = bytes("c002" + "c000" + "000100021300" + "c002");
        assertThat(RdataReader.read(message.readerIndex(4), RecordType.SRV)).isEmpty();
    }

    @Test
    void refusesNamesThatAreNoHostNames() {
        assertThat(read(RecordType.SRV, "000100021300" + "03612e62" + "00")).isEmpty();
        assertThat(read(RecordType.SRV, "000100021300" + "026120" + "00")).isEmpty();
        assertThat(read(RecordType.SRV, "000100021300" + "0161" + "00" + "00")).isEmpty();
        assertThat(read(RecordType.SRV, "000100021300" + "0161")).isEmpty();
        assertThat(read(RecordType.SRV, "000100021300" + "40" + "61".repeat(64) + "00"))
                .isEmpty();
        assertThat(read(RecordType.SRV, "000100021300" + ("3f" + "61".repeat(63)).repeat(5) + "00"))
                .isEmpty();
    }

    @Test
    void whateverTheBytesTheReaderEndsAndLeavesTheBufferAlone() {
        Random random = new Random(42);
        for (int i = 0; i < 200_000; i++) {
            byte[] message = new byte[random.nextInt(80)];
            random.nextBytes(message);
            for (int j = 0; j < message.length; j++) {
                // Mostly small lengths and pointers, which lead further than noise does.
                int kind = random.nextInt(4);
                message[j] = (byte) (kind == 0 ? message[j] : kind == 1 ? 0xC0 : random.nextInt(12));
            }
            ByteBuf rdata = Unpooled.wrappedBuffer(message);
            int from = random.nextInt(message.length + 1);
            rdata.setIndex(from, from + random.nextInt(message.length - from + 1));
            for (RecordType type : RecordType.values()) {
                RdataReader.read(rdata, type).ifPresent(RdataReaderTest::isSound);
            }
            RdataReader.readAlias(rdata)
                    .ifPresent(name -> assertThat(DomainName.isValid(name)).isTrue());
            assertThat(RdataReader.readMinimum(rdata)).isBetween(-1L, 0xFFFF_FFFFL);
            assertThat(rdata.readerIndex()).isEqualTo(from);
        }
    }

    private static void isSound(ResourceRecord record) {
        if (record instanceof ResourceRecord.Srv srv && !srv.target().isEmpty()) {
            assertThat(DomainName.isValid(srv.target())).isTrue();
        } else if (record instanceof ResourceRecord.Naptr naptr
                && !naptr.replacement().isEmpty()) {
            assertThat(DomainName.isValid(naptr.replacement())).isTrue();
        }
    }

    private static Optional<ResourceRecord> read(RecordType type, String hex) {
        return RdataReader.read(bytes(hex), type);
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    }

    private static String hex(String text) {
        return ByteBufUtil.hexDump(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }
}
