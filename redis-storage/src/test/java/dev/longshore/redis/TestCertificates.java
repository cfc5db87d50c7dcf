package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A CA, a certificate for localhost that it signed, with its key, and a CA that signed nothing; all PEM files, made with the
 * JDK's keytool.
 */
public record TestCertificates(Path ca, Path otherCa, Path certificate, Path key) {
    private static final String PASSWORD = "password";

    public static TestCertificates make(Path directory)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path caStore = directory.resolve("ca.p12");
        Path otherStore = directory.resolve("other.p12");
        Path store = directory.resolve("server.p12");
        keytool(caStore, "-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=Test CA", "-ext", "bc:c");
        keytool(otherStore, "-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=Other CA", "-ext", "bc:c");
        keytool(store, "-genkeypair", "-alias", "a", "-keyalg", "RSA", "-dname", "CN=redis");
        Path request = directory.resolve("server.csr");
        Path certificate = directory.resolve("server.pem");
        keytool(store, "-certreq", "-alias", "a", "-file", request.toString());
        keytool(
                caStore,
                "-gencert",
                "-alias",
                "a",
                "-rfc",
                "-ext",
                "san=dns:localhost",
                "-infile",
                request.toString(),
                "-outfile",
                certificate.toString());
        Path key = Files.writeString(directory.resolve("server.key"), privateKey(store), US_ASCII);
        return new TestCertificates(export(caStore), export(otherStore), certificate, key);
    }

    private static Path export(Path store) throws IOException, InterruptedException {
        Path pem = store.resolveSibling(store.getFileName() + ".pem");
        keytool(store, "-exportcert", "-alias", "a", "-rfc", "-file", pem.toString());
        return pem;
    }

    private static String privateKey(Path store) throws IOException, GeneralSecurityException {
        KeyStore read = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            read.load(in, PASSWORD.toCharArray());
        }
        Key key = read.getKey("a", PASSWORD.toCharArray());
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("keytool: " + output);
        }
    }
}
