package io.caravanhub.hub.connector;

import java.util.List;
import java.util.UUID;

/**
 * A table beside that of the connections whose rows hold credentials which the hub's key has
 * sealed; {@link CredentialReseal} seals them anew when the key changes. Thread-safe.
 */
public interface SealedRows {
  /** A row, and whose it is. */
  record Row(String tenant, UUID id) {}

  /**
   * Rows of all tenants that another key has sealed.
   *
   * @param keyName of the key that seals now
   */
  List<Row> sealedByOthers(byte[] keyName, int most);

  /**
   * Seals a row of the tenant in force anew, in the transaction in force; false when there is
   * nothing to seal.
   *
   * @throws SecretException when no key opens it
   */
  boolean sealAnew(UUID id);
}
