package io.caravanhub.hub;

import io.caravanhub.hub.database.TenantScope;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** The application's connections to the test database, noting for which tenants they are taken. */
public final class AskedTenants extends DelegatingDataSource {
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  public AskedTenants() {
    super(TestDatabase.app());
  }

  public JdbcClient jdbc() {
    return JdbcClient.create(this);
  }

  /** Those for which a connection was taken since the last call. */
  public Set<String> since() {
    Set<String> all = Set.copyOf(asked);
    asked.clear();
    return all;
  }

  @Override
  public Connection getConnection() throws SQLException {
    String tenant = TenantScope.current();
    if (tenant != null) {
      asked.add(tenant);
    }
    return super.getConnection();
  }
}
