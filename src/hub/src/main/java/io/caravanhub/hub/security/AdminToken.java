package io.caravanhub.hub.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Sees to it that {@code HUB_HOME/admin.token} holds a working admin token of the tenant default,
 * readable by its owner alone.
 */
@Component
class AdminToken implements InitializingBean {
  private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);

  private final Tokens tokens;
  private final Path file;

  AdminToken(Tokens tokens, @Value("${hub.home}") Path home) {
    this.tokens = tokens;
    this.file = home.resolve("admin.token");
  }

  @Override
  public void afterPropertiesSet() {
    try {
      if (Files.exists(file) && tokens.authenticate(Files.readString(file).strip()).isPresent()) {
        return;
      }
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, tokens.issue("default", "admin", "admin") + "\n");
      LOG.info("Wrote an admin token to {}", file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
