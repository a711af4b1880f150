package pta;

import java.nio.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.stream.Stream;
import javax.crypto.*;
import javax.crypto.spec.*;

/** Signs PTA tokens for nginx (Java 17): Sign.sign(keyHex, ivHex, "/video/*", Instant.now().getEpochSecond() + 3600).
    The path is decoded text that begins with "/": one * matches anything, \* is a literal star. */
public final class Sign {
    /** Seals the token: sign(..., Sign.Seal.key(sealKeyHex).bind(address).once()) with the values of pta_bind in order. */
    public record Seal(String keyHex, List<String> values, boolean isOnce) {
        public static Seal key(String hex) { return new Seal(hex, List.of(), false); }
        public Seal bind(String... more) { return new Seal(keyHex, Stream.concat(values.stream(), Stream.of(more)).toList(), isOnce); }
        public Seal once() { return new Seal(keyHex, values, true); }
    }

    public static String sign(String keyHex, String ivHex, String path, long expires, Seal... seals) throws Exception {
        check((keyHex + ":" + ivHex).matches("[0-9A-Fa-f]{32}:[0-9A-Fa-f]{32}"), "key and IV must be 32 hexadecimal digits each");
        check(path.startsWith("/") && path.replace("\\*", "").replaceAll("[^*]", "").length() < 2, "a path must begin with \"/\" and have one wildcard at most");
        check(expires <= 253402300799L, "an expiry must be in Unix seconds, 253402300799 at most (milliseconds?)");
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(path)); // no lone surrogates
        ByteBuffer plain = ByteBuffer.allocate(12 + bytes.limit()).putInt(0).putLong(expires).put(bytes);
        var crc = new java.util.zip.CRC32();
        crc.update(plain.array(), 4, plain.limit() - 4);
        plain.putInt(0, (int) crc.getValue());
        HexFormat hex = HexFormat.of();
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding"); // Java's name for PKCS#7
        cipher.init(1, new SecretKeySpec(hex.parseHex(keyHex), "AES"), new IvParameterSpec(hex.parseHex(ivHex)));
        String text = hex.formatHex(cipher.doFinal(plain.array()));
        for (Seal seal : seals) {
            check(seals.length == 1 && seal.keyHex.matches("[0-9A-Fa-f]{64}"), "a seal needs one key of 64 hexadecimal digits");
            check(seal.values.size() <= 8 && !seal.values.contains(""), "a seal has 8 values at most, and no value may be empty");
            byte[] nonce = new byte[12]; new java.security.SecureRandom().nextBytes(nonce);
            Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
            text += seal.isOnce ? "." + base64.encodeToString(nonce) : "";
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(hex.parseHex(seal.keyHex), "HmacSHA256"));
            mac.update(("pta-seal-1\0" + text + "\0").getBytes(StandardCharsets.UTF_8));
            for (String value : seal.values) {
                ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
                mac.update(ByteBuffer.allocate(4 + encoded.limit()).putInt(encoded.limit()).put(encoded).flip());
            }
            text += "." + base64.encodeToString(Arrays.copyOf(mac.doFinal(), 16));
        }
        return text;
    }
    private static void check(boolean isRight, String message) { if (!isRight) throw new IllegalArgumentException(message); }
    public static void main(String[] args) throws Exception {
        try { // under LC_ALL=C, Java reads U+FFFD for what is not ASCII
            check(args.length == 4 && !args[2].contains("\uFFFD") && args[3].matches("-?[0-9]{1,19}"), "usage: Sign KEY IV PATH EXPIRES (path in UTF-8, Unix seconds)");
            System.out.println(sign(args[0], args[1], args[2], Long.parseLong(args[3])));
        } catch (IllegalArgumentException error) {
            System.err.println("Sign: " + error.getMessage()); System.exit(2);
        }
    }
}
