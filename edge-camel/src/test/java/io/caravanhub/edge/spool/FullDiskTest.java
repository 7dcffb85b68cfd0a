package io.caravanhub.edge.spool;

import io.caravanhub.edge.DiskOfItsOwn;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The spool on a real file system without room. */
class FullDiskTest {
  @TempDir Path folder;

  @Test
  void onAFullDiskWhatWasAcknowledgedStaysAndTheRestIsRefusedUntilThereIsRoom() throws Exception {
    Path disk = folder.resolve("disk");
    Process process = DiskOfItsOwn.onTmpfs(disk, "34m", FullDisk.class);
    try {
      DiskOfItsOwn.finished(process, disk);
    } finally {
      process.destroyForcibly();
    }
  }
}
