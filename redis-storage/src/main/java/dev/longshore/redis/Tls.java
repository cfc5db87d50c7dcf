package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS from PEM files. They are read again when they have changed, since certificates are renewed under a running program. */
final class Tls {
    private static final String BEGIN_KEY = "-----BEGIN PRIVATE KEY-----";
    private static final String END_KEY = "-----END PRIVATE KEY-----";

    private final @Nullable Path ca;
    private final @Nullable Path certificate;
    private final @Nullable Path key;

    private volatile @Nullable Made made;

    Tls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {
        this.ca = ca;
        this.certificate = certificate;
        this.key = key;
    }

    private record Made(List<FileTime> times, SSLSocketFactory factory) {}

    /** A file of certificates or a key is missing or no such thing. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        UnusableException(String reason, @Nullable Throwable cause) {
            super(reason, cause);
            this.reason = reason;
        }

        @Override
        public String getMessage() {
            return reason;
        }
    }

    SSLSocketFactory socketFactory() throws UnusableException {
        List<FileTime> times = times();
        Made known = made;
        if (known == null || !known.times().equals(times)) {
            known = new Made(times, make());
            made = known;
        }
        return known.factory();
    }

    private List<FileTime> times() throws UnusableException {
        List<FileTime> times = new ArrayList<>();
        for (Path file : new @Nullable Path[] {ca, certificate, key}) {
            if (file == null) {
                continue;
            }
            try {
                times.add(Files.getLastModifiedTime(file));
            } catch (IOException e) {
                throw new UnusableException("the PEM file cannot be read: " + file, e);
            }
        }
        return times;
    }

    private SSLSocketFactory make() throws UnusableException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(), trusted(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new UnusableException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private TrustManager @Nullable [] trusted() throws UnusableException, GeneralSecurityException {
        if (ca == null) {
            return null;
        }
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate trusted : certificates(ca)) {
            store.setCertificateEntry("ca" + number++, trusted);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] keys() throws UnusableException, GeneralSecurityException {
        if (certificate == null || key == null) {
            return null;
        }
        KeyStore store = emptyStore();
        store.setKeyEntry(
                "client",
                privateKey(key),
                new char[0],
                certificates(certificate).toArray(Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new GeneralSecurityException("no key store in memory", e);
        }
    }

    private static Collection<? extends Certificate> certificates(Path pem) throws UnusableException {
        Collection<? extends Certificate> found;
        try (InputStream in = Files.newInputStream(pem)) {
            found = CertificateFactory.getInstance("X.509").generateCertificates(in);
        } catch (IOException | GeneralSecurityException e) {
            throw new UnusableException("not a PEM file of certificates: " + pem, e);
        }
        if (found.isEmpty()) {
            throw new UnusableException("no certificate in " + pem, null);
        }
        return found;
    }

    private static PrivateKey privateKey(Path pem) throws UnusableException {
        try {
            String text = Files.readString(pem, US_ASCII);
            int begin = text.indexOf(BEGIN_KEY);
            int end = text.indexOf(END_KEY);
            if (begin < 0 || end < begin) {
                throw new UnusableException(
                        "no unencrypted PKCS #8 key in " + pem + " (openssl pkcs8 -topk8 -nocrypt makes one)", null);
            }
            byte[] der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN_KEY.length(), end));
            return privateKey(der, pem);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new UnusableException("not a PEM file with a PKCS #8 key: " + pem, e);
        }
    }

    private static PrivateKey privateKey(byte[] der, Path pem) throws UnusableException, GeneralSecurityException {
        InvalidKeySpecException last = null;
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // Each of them knows its own keys only, and nothing else tells which one it is.
                last = e;
            }
        }
        throw new UnusableException("a key that is neither RSA, EC nor EdDSA in " + pem, last);
    }
}
