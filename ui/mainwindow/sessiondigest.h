#pragma once
/// What the metrics and events of a session file are, worked out again from its frames in the background, so that a
/// reopened session shows the same as it did live.
///
/// Thread: gui; reading happens on a thread of its own and can be cancelled at any time.
#include "core/base/error.h"
#include "core/frame/framemarks.h"
#include "core/metrics/metricssnapshot.h"
#include "core/store/sessionfile.h"
#include "ui/topics/recordedtopics.h"

#include <QObject>
#include <QSemaphore>
#include <atomic>
#include <memory>
#include <vector>

class QThread;

namespace framescope {

class SessionReader;

class SessionDigest : public QObject
{
    Q_OBJECT

public:
    explicit SessionDigest(QObject* parent = nullptr);
    ~SessionDigest() override;

    /// Forgets the file before, if it is still being read.
    void read(const QString& path, int metricsWindow);
    /// Only the marks: marksRead() or failed() follows.
    void readMarks(const QString& path);
    void cancel();

Q_SIGNALS:
    /// First answer; failed() where they cannot be read.
    void marksRead(const framescope::FrameMarksPtr& marks);
    /// UTC of the first frame.
    void beginKnown(qint64 wallNs);
    /// What the file says about itself and how far it goes.
    void opened(const framescope::SessionInfo& info, quint64 frames, quint64 lastSeq);
    /// Payloads of so many frames were removed by retention, so many bytes of the file.
    void removalsRead(quint64 frames, quint64 bytes);
    /// A few times while it reads, and once more when it is through.
    void metricsRead(const framescope::MetricsSnapshotPtr& metrics);
    /// The next ones, in order.
    void eventsRead(const std::vector<framescope::AuditEvent>& events);
    /// What all events tell of topics, and once more when the frames of each are counted. Null: they are of no
    /// notifications.
    void notificationsRead(const framescope::NotificationStatePtr& state, bool isCounted);
    void failed(const framescope::Error& error);
    void finished();

private:
    void run(const QString& path, int metricsWindow, quint64 ticket);
    void tellMarks(SessionReader& reader, quint64 ticket);
    void tellEvents(SessionReader& reader, quint64 lastSeq, RecordedTopics& topics, quint64 ticket);
    void tellFrames(SessionReader& reader, quint64 frames, int metricsWindow, RecordedTopics& topics, quint64 ticket);
    template <typename Function>
    void tell(quint64 ticket, Function function);

    QThread* m_thread;
    QObject* m_place; ///< lives on m_thread
    std::atomic<quint64> m_ticket{0};
    QSemaphore m_pageRoom; ///< pages of events that may be under way to the gui thread
};

} // namespace framescope
