#pragma once
/// The first reading of a HAR file, through to its end: what connections it has and where their messages stand.
/// Room-private; harcapture.h is the door.
///
/// Thread, errors: as there.
#include "core/exchange/harcapture.h"
#include "core/exchange/jsonstream.h"

#include <QFile>

namespace framescope {

/// Where an entry's messages stand in the file.
struct HarPlace
{
    qint64 offset = -1; ///< of the list's bracket; -1: there is no list
    QString pointer;
    /// What the steps of all connections are ordered by: times (ns), in a file of ours the numbers of the log.
    quint64 openedKey = 0;
    quint64 closedKey = 0;
};

class HarScan
{
public:
    HarScan(QFile& file, const HarCapture::Progress& progress);

    [[nodiscard]] Expected<void> run();

    HarSummary summary;
    std::vector<HarConnection> connections;
    std::vector<HarPlace> places; ///< of each connection

private:
    struct Entry;

    [[nodiscard]] Expected<void> readLog();
    [[nodiscard]] Expected<void> readCreator();
    [[nodiscard]] Expected<void> readOwnLog();
    [[nodiscard]] Expected<void> readEntries();
    [[nodiscard]] Expected<void> readEntry(Entry& entry);
    [[nodiscard]] Expected<void> readRequest(Entry& entry);
    [[nodiscard]] Expected<void> readResponse(Entry& entry);
    [[nodiscard]] Expected<void> readOwnEntry(Entry& entry);
    [[nodiscard]] Expected<void> readClosed(Entry& entry);
    [[nodiscard]] Expected<void> readMessages(Entry& entry);
    [[nodiscard]] Expected<void> finish(Entry& entry);
    /// The beginning of an object, or an error.
    [[nodiscard]] Expected<void> beginObject();

    QFile& m_file;
    const HarCapture::Progress& m_progress;
    JsonStream m_json;
    Sha256 m_sha256;
    bool m_hasEntries = false;
    bool m_isCancelled = false;
    quint64 m_ownMessages = 0;
};

} // namespace framescope
