#include "tests/core/store/faultydisk.h"

#include <QFile>
#include <cstring>
#include <sqlite3.h>

namespace framescope::test {

namespace {

using Kind = DiskScript::Kind;

std::mutex registryMutex;
std::map<QByteArray, DiskScript*> registry; // by path of the session file

const QByteArrayList companions = {"-wal", "-journal", "-shm"};

/// The script of @p path and which of the session's files it is.
std::pair<DiskScript*, QByteArray> scriptOf(const char* path)
{
    const QByteArray whole(path ? path : "");
    const std::lock_guard hold(registryMutex);
    for (const QByteArray& suffix : companions) {
        const auto found = whole.endsWith(suffix) ? registry.find(whole.chopped(suffix.size())) : registry.end();
        if (found != registry.end())
            return {found->second, suffix};
    }
    const auto found = registry.find(whole);
    return {found != registry.end() ? found->second : nullptr, {}};
}

/// SQLite allocates szOsFile bytes for this and behind it the system's own file.
struct DiskFile
{
    sqlite3_file base;
    DiskScript* script;
    QByteArray* name;

    [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

DiskFile* diskFile(sqlite3_file* file)
{
    return reinterpret_cast<DiskFile*>(file);
}

sqlite3_vfs* systemVfs()
{
    static sqlite3_vfs* const found = sqlite3_vfs_find("unix");
    return found;
}

template <typename Do>
int tried(sqlite3_file* file, DiskScript::Step step, Do act)
{
    DiskScript* script = diskFile(file)->script;
    if (!script)
        return act();
    if (!script->begin(step.kind))
        return script->errorOf(step.kind);
    const int result = act();
    step.file = *diskFile(file)->name;
    if (result == SQLITE_OK)
        script->done(std::move(step));
    return result;
}

int closeFile(sqlite3_file* file)
{
    delete diskFile(file)->name;
    sqlite3_file* real = diskFile(file)->real();
    return real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
}

int writeFile(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset)
{
    sqlite3_file* real = diskFile(file)->real();
    DiskScript* script = diskFile(file)->script;
    if (script && !script->begin(Kind::Write)) {
        (void)real->pMethods->xWrite(real, bytes, size / 2, offset);
        return script->errorOf(Kind::Write);
    }
    const int result = real->pMethods->xWrite(real, bytes, size, offset);
    if (script && result == SQLITE_OK)
        script->done({Kind::Write, *diskFile(file)->name, offset, QByteArray(static_cast<const char*>(bytes), size)});
    return result;
}

int truncateFile(sqlite3_file* file, sqlite3_int64 size)
{
    sqlite3_file* real = diskFile(file)->real();
    return tried(file, {Kind::Truncate, {}, size}, [&] { return real->pMethods->xTruncate(real, size); });
}

int syncFile(sqlite3_file* file, int flags)
{
    sqlite3_file* real = diskFile(file)->real();
    return tried(file, {Kind::Sync, {}}, [&] { return real->pMethods->xSync(real, flags); });
}

int mapShared(sqlite3_file* file, int region, int size, int extend, void volatile** out)
{
    sqlite3_file* real = diskFile(file)->real();
    return tried(file, {Kind::GrowShared, {}},
                 [&] { return real->pMethods->xShmMap(real, region, size, extend, out); });
}

/// Passes the call on as it is.
template <auto Method, typename... Args>
int passed(sqlite3_file* file, Args... args)
{
    sqlite3_file* real = diskFile(file)->real();
    return (real->pMethods->*Method)(real, args...);
}

void sharedBarrier(sqlite3_file* file)
{
    sqlite3_file* real = diskFile(file)->real();
    real->pMethods->xShmBarrier(real);
}

const sqlite3_io_methods fileMethods = {
    2, // without xFetch: nothing is mapped behind our back
    closeFile,
    passed<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    writeFile,
    truncateFile,
    syncFile,
    passed<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    passed<&sqlite3_io_methods::xLock, int>,
    passed<&sqlite3_io_methods::xUnlock, int>,
    passed<&sqlite3_io_methods::xCheckReservedLock, int*>,
    passed<&sqlite3_io_methods::xFileControl, int, void*>,
    passed<&sqlite3_io_methods::xSectorSize>,
    passed<&sqlite3_io_methods::xDeviceCharacteristics>,
    mapShared,
    passed<&sqlite3_io_methods::xShmLock, int, int, int>,
    sharedBarrier,
    passed<&sqlite3_io_methods::xShmUnmap, int>,
    nullptr,
    nullptr,
};

int openFile(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* outFlags)
{
    DiskFile* opened = diskFile(file);
    std::memset(file, 0, sizeof(DiskFile));
    const auto [script, name] = scriptOf(path);
    if (script && !script->begin(Kind::Open))
        return script->errorOf(Kind::Open);
    const int result = systemVfs()->xOpen(systemVfs(), path, opened->real(), flags, outFlags);
    if (result != SQLITE_OK)
        return result;
    opened->script = script;
    opened->name = new QByteArray(name);
    opened->base.pMethods = &fileMethods;
    if (script)
        script->done({Kind::Open, name});
    return result;
}

int removeFile(sqlite3_vfs*, const char* path, int syncFolder)
{
    const auto [script, name] = scriptOf(path);
    if (script && !script->begin(Kind::Remove))
        return script->errorOf(Kind::Remove);
    const int result = systemVfs()->xDelete(systemVfs(), path, syncFolder);
    if (script && result == SQLITE_OK)
        script->done({Kind::Remove, name, syncFolder});
    return result;
}

void install()
{
    static sqlite3_vfs disk = [] {
        sqlite3_vfs vfs = *systemVfs();
        vfs.szOsFile += int(sizeof(DiskFile));
        vfs.zName = "faulty-disk";
        vfs.pNext = nullptr;
        vfs.xOpen = openFile;
        vfs.xDelete = removeFile;
        return vfs;
    }();
    static const int registered = sqlite3_vfs_register(&disk, 1);
    Q_ASSERT(registered == SQLITE_OK);
    Q_UNUSED(registered);
}

struct FileState
{
    bool exists = false;
    QByteArray bytes;

    void write(const QByteArray& what, qint64 offset)
    {
        exists = true;
        if (bytes.size() < offset + what.size())
            bytes.resize(offset + what.size(), '\0');
        std::memcpy(bytes.data() + offset, what.constData(), std::size_t(what.size()));
    }
};

void applyWhole(FileState& state, const DiskScript::Step& step)
{
    switch (step.kind) {
    case Kind::Open:
        state.exists = true;
        break;
    case Kind::Write:
        state.write(step.bytes, step.offset);
        break;
    case Kind::Truncate:
        state.bytes.resize(std::min<qsizetype>(step.offset, state.bytes.size()));
        break;
    case Kind::Remove:
        state = {};
        break;
    default:
        break;
    }
}

/// Any sectors of it.
void applyTorn(FileState& state, const DiskScript::Step& step, std::mt19937& random, unsigned percent)
{
    constexpr qint64 sector = 512;
    if (step.kind != Kind::Write) {
        if (random() % 100 < percent)
            applyWhole(state, step);
        return;
    }
    const qint64 end = step.offset + step.bytes.size();
    for (qint64 from = step.offset; from < end;) {
        const qint64 to = std::min(end, (from / sector + 1) * sector);
        if (random() % 100 < percent)
            state.write(step.bytes.mid(from - step.offset, to - from), from);
        from = to;
    }
}

} // namespace

DiskScript::DiskScript(const QString& sessionPath)
    : m_path(QFile::encodeName(sessionPath))
{
    install();
    const std::lock_guard hold(registryMutex);
    registry[m_path] = this;
}

DiskScript::~DiskScript()
{
    const std::lock_guard hold(registryMutex);
    registry.erase(m_path);
}

void DiskScript::failAt(DiskFault fault, int nth, bool lasts)
{
    const std::lock_guard hold(m_mutex);
    m_fault = fault;
    m_failAt = nth;
    m_lasts = lasts;
}

bool DiskScript::hasFailed() const
{
    const std::lock_guard hold(m_mutex);
    return m_hasFailed;
}

void DiskScript::remember(std::function<qint64()> acknowledged)
{
    const std::lock_guard hold(m_mutex);
    m_isRemembering = true;
    m_acknowledged = std::move(acknowledged);
}

std::size_t DiskScript::steps() const
{
    const std::lock_guard hold(m_mutex);
    return m_steps.size();
}

qint64 DiskScript::acknowledgedBy(std::size_t steps) const
{
    return steps == 0 ? -1 : m_steps[steps - 1].acknowledged;
}

bool DiskScript::begin(Kind kind)
{
    const std::lock_guard hold(m_mutex);
    if (m_failAt == 0 || (m_fault == DiskFault::Full && kind != Kind::Write && kind != Kind::GrowShared))
        return true;
    ++m_operations;
    const bool fails = m_lasts ? m_operations >= m_failAt : m_operations == m_failAt;
    m_hasFailed = m_hasFailed || fails;
    return !fails;
}

int DiskScript::errorOf(Kind kind) const
{
    switch (kind) {
    case Kind::Open:
        return SQLITE_CANTOPEN;
    case Kind::Write:
        return m_fault == DiskFault::Full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    case Kind::Sync:
        return SQLITE_IOERR_FSYNC;
    case Kind::Truncate:
        return SQLITE_IOERR_TRUNCATE;
    case Kind::Remove:
        return SQLITE_IOERR_DELETE;
    case Kind::GrowShared:
        return m_fault == DiskFault::Full ? SQLITE_IOERR_SHMSIZE : SQLITE_IOERR_SHMMAP;
    }
    return SQLITE_IOERR;
}

void DiskScript::done(Step step)
{
    const std::lock_guard hold(m_mutex);
    if (!m_isRemembering || step.file == "-shm")
        return;
    step.acknowledged = m_acknowledged ? m_acknowledged() : -1;
    m_steps.push_back(std::move(step));
}

void DiskScript::cutPower(std::size_t steps, std::mt19937& random, const QString& sessionPath) const
{
    // A file's last sync holds all that came before it. The first sync of a journal or WAL holds the folder too.
    std::map<QByteArray, std::size_t> syncedTo;
    std::map<QByteArray, bool> isNew;
    std::size_t folderSyncedTo = 0;
    for (std::size_t i = 0; i < steps; ++i) {
        const Step& step = m_steps[i];
        if (step.kind == Kind::Open)
            isNew[step.file] = true;
        if (step.kind == Kind::Sync) {
            syncedTo[step.file] = i + 1;
            if (!step.file.isEmpty() && std::exchange(isNew[step.file], false))
                folderSyncedTo = i + 1;
        }
        if (step.kind == Kind::Remove && step.offset != 0)
            folderSyncedTo = i + 1;
    }
    const unsigned percents[] = {0, 10, 50, 90, 100};
    const unsigned percent = percents[random() % std::size(percents)];
    std::map<QByteArray, FileState> files;
    std::map<QByteArray, bool> isOldOne; // a removal was lost: what was written later went to another file of that name
    for (std::size_t i = 0; i < steps; ++i) {
        const Step& step = m_steps[i];
        const bool isOfFolder = step.kind == Kind::Remove || step.kind == Kind::Open;
        if (i < (isOfFolder ? folderSyncedTo : syncedTo[step.file])) {
            applyWhole(files[step.file], step);
        } else if (step.kind == Kind::Remove && random() % 100 >= percent) {
            isOldOne[step.file] = true;
        } else if (!isOldOne[step.file]) {
            applyTorn(files[step.file], step, random, step.kind == Kind::Remove ? 100 : percent);
        }
    }
    files[""].exists = true; // made, empty, before SQLite opens it
    for (const QByteArray& suffix : companions)
        QFile::remove(sessionPath + QString::fromLatin1(suffix));
    for (const auto& [suffix, state] : files) {
        QFile file(sessionPath + QString::fromLatin1(suffix));
        if (!state.exists)
            file.remove();
        else if (!file.open(QIODevice::WriteOnly) || file.write(state.bytes) != state.bytes.size())
            qFatal("%s", qPrintable(file.errorString()));
    }
}

} // namespace framescope::test
