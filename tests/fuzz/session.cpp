// A session file: any bytes as a SQLite file, opened and read as the window and the exports do.
#include "core/audit/auditentry.h"
#include "core/store/sessionreader.h"
#include "tests/fuzz/fuzzinput.h"
#include "tests/fuzz/judging.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <unistd.h>

using namespace framescope;
using namespace framescope::fuzz;

namespace {

constexpr int blocksRead = 32;
constexpr int eventsRead = 256;

/// In memory where the system has a folder that is.
const QString& folder()
{
    static const QTemporaryDir made(
        (QDir(QStringLiteral("/dev/shm")).exists() ? QStringLiteral("/dev/shm") : QDir::tempPath()) +
        QStringLiteral("/framescope-fuzz-XXXXXX"));
    static const QString path = made.path();
    return path;
}

void readFrames(SessionReader& reader)
{
    quint64 next = 1;
    for (int i = 0; i < blocksRead; ++i) {
        const Expected<FrameBatchPtr> block = reader.nextBlock(next);
        if (!block || !*block)
            return;
        require(!(*block)->isEmpty() && (*block)->lastNumber() >= next, "blocks come in order");
        readAll(**block);
        const quint64 last = (*block)->lastNumber();
        (void)reader.blockOfFrame(last);
        (void)reader.blockOfSeq((*block)->firstAuditSeq);
        next = last + 1;
    }
}

void readEvents(SessionReader& reader, quint64 lastSeq)
{
    const Expected<std::vector<AuditEvent>> events = reader.events(1, lastSeq, eventsRead);
    if (!events)
        return;
    require(events->size() <= std::size_t(eventsRead), "no more events than asked for");
    for (const AuditEvent& event : *events)
        (void)auditEntryForEvent(event);
    (void)reader.eventCount();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const quint8* bytes, std::size_t size)
{
    const QString path = folder() + QStringLiteral("/fuzzed.framescope");
    {
        QFile file(path);
        require(file.open(QIODevice::WriteOnly | QIODevice::Truncate) &&
                    file.write(reinterpret_cast<const char*>(bytes), qint64(size)) == qint64(size),
                "the input can be written to a file");
    }
    if (const auto reader = SessionReader::open(path); reader) {
        const Expected<SessionReader::Extent> extent = (*reader)->extent();
        readFrames(**reader);
        readEvents(**reader, extent ? extent->lastSeq : 1000);
    } else {
        require(!reader.error().detail.isEmpty(), "a file that is refused says why");
    }
    for (const QString& name : QDir(folder()).entryList(QDir::Files | QDir::Hidden))
        QFile::remove(folder() + u'/' + name);
    return 0;
}
