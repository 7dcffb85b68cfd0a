package io.caravanhub.hub.upload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlacesTest {
  private final Places places = new Places(2);

  @Test
  void takesNoPlaceOfAnotherTenant() {
    places.take("a");
    places.take("a");

    assertThat(places.take("a")).isFalse();
    assertThat(places.take("b")).isTrue();
  }

  @Test
  void givesAPlaceBack() {
    places.take("a");
    places.take("a");
    places.leave("a");

    assertThat(places.take("a")).isTrue();
    assertThat(places.take("a")).isFalse();
  }
}
