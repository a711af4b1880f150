package pta;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Signs PTA tokens for nginx (Java 17):
        String token = Sign.sign(keyHex, ivHex, "/video/*", Instant.now().getEpochSecond() + 3600);
    The path is decoded text that begins with "/": one * matches anything, \* is a literal star. */
public final class Sign {
    public static String sign(String keyHex, String ivHex, String path, long expires) throws Exception {
        if (!keyHex.matches("[0-9A-Fa-f]{32}") || !ivHex.matches("[0-9A-Fa-f]{32}"))
            throw new IllegalArgumentException("key and IV must be 32 hexadecimal digits each");
        if (!path.startsWith("/") || path.replace("\\*", "").replaceAll("[^*]", "").length() > 1)
            throw new IllegalArgumentException("a path must begin with \"/\" and have one wildcard at most");
        if (expires > 253402300799L) // the last second of the year 9999
            throw new IllegalArgumentException("an expiry must be in Unix seconds, 253402300799 at most (milliseconds?)");
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(path)); // no lone surrogates
        ByteBuffer plain = ByteBuffer.allocate(12 + bytes.limit()).putInt(0).putLong(expires).put(bytes);
        CRC32 crc = new CRC32();
        crc.update(plain.array(), 4, plain.limit() - 4);
        plain.putInt(0, (int) crc.getValue());
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding"); // Java's name for PKCS#7
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(HexFormat.of().parseHex(keyHex), "AES"),
            new IvParameterSpec(HexFormat.of().parseHex(ivHex)));
        return HexFormat.of().formatHex(cipher.doFinal(plain.array()));
    }

    public static void main(String[] args) throws Exception {
        try { // under LC_ALL=C, Java reads U+FFFD for what is not ASCII
            if (args.length != 4 || args[2].contains("\uFFFD") || !args[3].matches("-?[0-9]{1,19}"))
                throw new NumberFormatException();
            System.out.println(sign(args[0], args[1], args[2], Long.parseLong(args[3])));
        } catch (NumberFormatException error) {
            System.err.println("Sign: usage: Sign KEY IV PATH EXPIRES (path in UTF-8, Unix seconds)");
            System.exit(2);
        } catch (IllegalArgumentException error) {
            System.err.println("Sign: " + error.getMessage());
            System.exit(2);
        }
    }
}
