package io.caravanhub.core.fsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsmProductFileTest {
  private static final String PRODUCT =
      """
      title: Acme
      settings: {type: object, properties: {url: {type: string}, site: {type: string}}}
      SYSTEM
      kinds: {work_order: {idempotency: NONE, create: {method: POST, path: /jobs}}}
      """;

  @TempDir private Path folder;

  @Test
  void theAddressSaysWhichSystemItIsUnlessTheAdapterSaysOtherwise() throws IOException {
    assertThat(read("").product().system()).containsExactly("url");
    assertThat(read("system: [url, site]").product().system()).containsExactly("url", "site");
  }

  @Test
  void aSettingThatIsNotThereCannotSayWhichSystemItIs() {
    assertThatThrownBy(() -> read("system: [url, tenant]"))
        .isInstanceOf(FsmDeclarationException.class)
        .hasMessageContaining("system")
        .hasMessageContaining("no setting tenant");
  }

  private FsmAdapter read(String system) throws IOException {
    Files.writeString(folder.resolve(FsmProductFile.NAME), PRODUCT.replace("SYSTEM", system));
    return FsmProductFile.read(folder);
  }
}
