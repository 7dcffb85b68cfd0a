package io.caravanhub.hub.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Connections of the application role that see one tenant: each carries the {@link TenantScope} of
 * the thread that asked for it. Without a scope the setting is empty and row-level security shows
 * nothing.
 */
public final class TenantDataSource extends DelegatingDataSource {

  public TenantDataSource(DataSource pool) {
    super(pool);
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = super.getConnection();
    String tenant = TenantScope.current();
    try (PreparedStatement set =
        connection.prepareStatement("select set_config('hub.tenant', ?, false)")) {
      set.setString(1, tenant == null ? "" : tenant);
      set.execute();
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
