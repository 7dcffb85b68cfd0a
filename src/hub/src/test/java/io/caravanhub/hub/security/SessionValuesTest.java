package io.caravanhub.hub.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.hub.connector.Consents;
import java.io.ByteArrayOutputStream;
import java.io.InvalidClassException;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.web.servlet.FlashMap;

class SessionValuesTest {
  @Test
  void comeBackAsTheyWere() throws Exception {
    FlashMap flash = new FlashMap();
    flash.put("good", "Saved.");
    flash.put("made", true);
    flash.put("given", new HashMap<>(Map.of("min", "1")));
    flash.addTargetRequestParam("id", "7");
    flash.startExpirationPeriod(180);
    for (Object value :
        List.of(
            "key",
            new HubPrincipal("t", "admin", "ann"),
            new Consents.Begun("t", UUID.randomUUID(), "s", "v", "r", "a", Instant.now()),
            new CopyOnWriteArrayList<>(List.of(flash)))) {
      assertThat(SessionValues.read(SessionValues.write(value))).isEqualTo(value);
    }
    assertThat(SessionValues.read(SessionValues.write(new DefaultCsrfToken("h", "p", "t"))))
        .isInstanceOf(DefaultCsrfToken.class);
  }

  @Test
  void areOfTheClassesThatSessionsHoldAlone() throws Exception {
    assertThatThrownBy(() -> SessionValues.write(Map.of("at", new Date())))
        .isInstanceOf(IllegalArgumentException.class);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new HashMap<>(Map.of("at", new Date())));
    }
    assertThatThrownBy(() -> SessionValues.read(bytes.toByteArray()))
        .isInstanceOf(InvalidClassException.class);
  }
}
