#pragma once
/// A HAR file with WebSocket messages, of Chrome's DevTools or our own (exporter.h), for reading: first through to the
/// end, so that a file that is none is refused before anything is made of it, then message by message in the order in
/// which they came.
///
/// The order: HAR keeps the messages of one connection together; those of several are merged by their times (a file of
/// ours: by the frames' numbers), each read from its own place in the file. Memory does not depend on the file's size:
/// one message and 64 KiB for each connection that is open at a time, of which there may be connectionsAtOnce.
/// Nothing of a HAR but messages, times and the bare URL is read: headers, cookies and queries stay where they are.
/// Thread: one at a time, not the gui's; waits for the disk. Errors: Io, Parse (`place`: file, byte and JSON Pointer),
/// Unsupported (no WebSocket in it, too many connections), Cancelled.
#include "core/base/error.h"
#include "core/frame/frame.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace framescope {

/// One entry of the file: one connection attempt.
struct HarConnection
{
    quint16 connection = 0; ///< ours: as recorded; else the number of the entry among those of WebSockets
    quint16 attempt = 1;
    QByteArray endpoint; ///< scheme, host, port and path, without what could be a secret
    qint64 startedWallNs = 0;
    qint64 connectedWallNs = 0; ///< 0: it never was
    qint64 closedWallNs = 0;    ///< 0: the file does not say
    QByteArray closed;          ///< what is known of its end: a compact JSON object, or empty
    quint64 messages = 0;       ///< of all kinds
    bool isOurs = false;
};

struct HarSummary
{
    QByteArray creator; ///< "WebInspector 537.36"
    QByteArray sha256Hex;
    quint64 bytes = 0;
    quint64 otherEntries = 0; ///< requests that are no WebSockets
    quint64 messages = 0;
    bool isOurs = false;      ///< every message has a frame number
    QByteArray sourceKind;    ///< ours: of the session that was exported
    QByteArray sourceName;    ///< the same
    QByteArray sessionId;     ///< the same
    qint64 startedWallNs = 0; ///< when the first connection began; ours: the session
    qint64 startedMonoNs = 0; ///< ours only
};

/// One step of going through the messages.
struct HarStep
{
    enum class Kind
    {
        Opened, ///< a connection begins: its first message is next, or it has none
        Message,
        Closed
    };
    Kind kind = Kind::Message;
    const HarConnection* connection = nullptr;
    Frame frame; ///< Message
    bool isOurs = false;
    bool isComplete = false; ///< the payload is there, every byte
};

class HarCapture
{
public:
    static constexpr int connectionsAtOnce = 256;
    /// Bytes done of those in all; false: stop.
    using Progress = std::function<bool(quint64 done, quint64 all)>;

    [[nodiscard]] static Expected<std::unique_ptr<HarCapture>> open(const QString& path, const Progress& progress = {});
    ~HarCapture();
    HarCapture(const HarCapture&) = delete;
    HarCapture& operator=(const HarCapture&) = delete;

    [[nodiscard]] const HarSummary& summary() const;
    [[nodiscard]] const std::vector<HarConnection>& connections() const;

    /// The next step; null at the end. Valid until the next call. Payloads longer than @p payloadLimit are left out.
    [[nodiscard]] Expected<HarStep*> next(qsizetype payloadLimit);
    /// Messages that were passed over so far: no frames (errors, pings), and data that are no base64.
    [[nodiscard]] quint64 otherMessages() const;
    [[nodiscard]] quint64 unreadableMessages() const;

private:
    struct Private;
    explicit HarCapture(std::unique_ptr<Private> priv);
    std::unique_ptr<Private> d;
};

/// @p url without user, query and fragment, and with an ellipsis for parts of the path that alone could open a door:
/// the id of a notification channel, and whatever is long and looks random.
[[nodiscard]] QByteArray bareEndpoint(const QByteArray& url);

} // namespace framescope
