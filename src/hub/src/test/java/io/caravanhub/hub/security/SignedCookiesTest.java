package io.caravanhub.hub.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.Cookie;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.session.web.http.CookieSerializer.CookieValue;

class SignedCookiesTest {
  private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/devices");
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private final Cookie settings = new Cookie();

  private static final SessionSeal SEAL =
      new SessionSeal() {
        @Override
        public byte[] seal(String place, byte[] content) {
          return content;
        }

        @Override
        public Optional<byte[]> open(String place, byte[] sealed) {
          return Optional.of(sealed);
        }

        @Override
        public String sign(String id) {
          return "of-" + id;
        }

        @Override
        public boolean isSigned(String id, String signature) {
          return signature.equals(sign(id));
        }
      };

  private SignedCookies cookies() {
    return new SignedCookies(SessionConfiguration.cookie(settings), SEAL);
  }

  private String written(String id) {
    cookies().writeCookieValue(new CookieValue(request, response, id));
    return String.valueOf(response.getHeader("Set-Cookie"));
  }

  @Test
  void areSecureBehindTls() {
    request.setSecure(true);
    assertThat(written("a")).isEqualTo("JSESSIONID=a.of-a; Path=/; Secure; HttpOnly; SameSite=Lax");
  }

  @Test
  void areAsTheServersSettingsSay() {
    settings.setName("hub");
    settings.setSecure(true);
    settings.setSameSite(Cookie.SameSite.STRICT);
    assertThat(written("a")).isEqualTo("hub=a.of-a; Path=/; Secure; HttpOnly; SameSite=Strict");
  }

  @Test
  void endWithoutASignature() {
    assertThat(written("")).startsWith("JSESSIONID=; Path=/; Max-Age=0;");
  }

  @Test
  void areNotReadForWhatIsTheSameForEverybody() {
    request.setCookies(new jakarta.servlet.http.Cookie("JSESSIONID", "a.of-a"));
    assertThat(cookies().readCookieValues(request)).containsExactly("a");
    for (String asset : new String[] {"/webjars/x/1/x.js", "/console/parts.css", "/favicon.ico"}) {
      request.setRequestURI(asset);
      assertThat(cookies().readCookieValues(request)).as(asset).isEmpty();
    }
    request.setRequestURI("/console/connections/consent");
    assertThat(cookies().readCookieValues(request)).containsExactly("a");
  }
}
