#pragma once
/// The window's view of a session's frames: recent batches as they came, older ones fetched from the session file by
/// frame number, in the background. Memory is capped whatever the session's length.
///
/// Thread: gui. find() never waits: a frame that is not here is requested and loaded() follows. Of many requests the
/// newest is served first, because it is what a person looks at now. Replies to requests of an earlier session are
/// dropped (generation number).
#include "core/frame/frame.h"

#include <QObject>
#include <memory>

namespace framescope {

class FrameCache : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t capacityBytes = 48 * 1024 * 1024;
    static constexpr std::size_t requestLimit = 256; ///< older ones are forgotten; whoever still needs them asks again

    explicit FrameCache(QObject* parent = nullptr, std::size_t capacity = capacityBytes);
    ~FrameCache() override;

    /// Starts anew with the session in @p path (live: still being written). Empty: no session.
    void open(const QString& path);
    /// Newest batches of a live session, in order.
    void append(const std::vector<FrameBatchPtr>& batches);

    struct Row
    {
        FrameBatchPtr batch; ///< null: not here yet
        std::size_t index = 0;
        [[nodiscard]] const FrameHead* head() const { return batch ? &batch->heads[index] : nullptr; }
    };
    [[nodiscard]] Row find(quint64 number);
    /// As find(), for an audit sequence number; null also when that number is an event's.
    [[nodiscard]] Row findBySeq(quint64 seq);
    /// The batches from the newest backwards without a hole, oldest of them first: what need not be read from the file.
    [[nodiscard]] std::vector<FrameBatchPtr> newest() const;
    [[nodiscard]] quint64 frameCount() const;
    [[nodiscard]] std::size_t weightBytes() const;
    [[nodiscard]] QString path() const;

Q_SIGNALS:
    void loaded(quint64 firstNumber, quint64 lastNumber);
    void frameCountChanged(quint64 count);
    void failed(const QString& reason);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace framescope
